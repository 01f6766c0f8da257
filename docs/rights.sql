-- The rights of a role of its own for partsmith-migrate, where the tables belong to another one.
-- Run it as a superuser, or as a role that may grant these; psql's variables say who is who:
--
--   psql -v owner=app -v role=partsmith -v schema=public -f rights.sql
--
-- PostgreSQL lets only the owner of a partitioned table attach and detach partitions. So the role becomes a member of the owner:
-- it works as the owner where that is needed, and what it makes belongs to the owner.

CREATE ROLE :"role" LOGIN;
GRANT :"owner" TO :"role";

-- New partitions are made in the table's schema, or in the one that `schema` names, by the owner.
GRANT USAGE, CREATE ON SCHEMA :"schema" TO :"owner";

-- Not needed, but worth it: an error then says who was in the way, and for how long already.
GRANT pg_read_all_stats TO :"role";

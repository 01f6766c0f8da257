/*
Package document reads policy documents: which partitioned tables there are, what must exist of each, and how long old
partitions are kept.

	doc, err := document.Read(os.LookupEnv, "partsmith.yaml")
	if err != nil {
		return err // one line for each mistake: partsmith.yaml:7:11: keep: is no length: no unit "dya", "90 dyas"
	}
	maintenance := plugin.Lifecycle{Tasks: doc.Tasks(), CreateOnly: doc.CreateOnly, Sessions: db}

ReadFS reads what is compiled into a program, and ReadPolicy the policy of one table from another format, such as HCL, which it
is given as a Value. A policy that was read has been checked; lifecycle.MakePlan follows it as it is.

# The format

A document is YAML, and strict: an unknown field, a field given twice or a value of the wrong kind is an Error with its file,
line and column.

	version: 1
	database: ${DATABASE_URL}
	lock: goose
	defaults: {every: 1 day, keep: 90 days}
	tables:
	  - table: [public.events, public.clicks]
	    ahead: 14 days
	    drop_after: 7 days
	  - table: public.invoices
	    every: 1 month
	    timezone: Europe/Berlin
	    keep: 24

${NAME} and ${file:/path} stand in values, never in keys; they are expanded after the YAML was read, so nothing in a
variable can become a field. $$ is a dollar, as is a dollar before anything but a brace. Field by field, a table's own value
replaces that of `defaults`; a map such as `leaf` is replaced as a whole. A table with `list` or `hash` takes no default
that belongs to `every`. Schema is the JSON Schema of all this, for editors.

No error shows the value of `database`, what a variable held, or the parser's excerpt of a file.

It reads files and nothing else: no database, no clock, no lock.
*/
package document

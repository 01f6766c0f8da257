variable "keep" {
  type    = string
  default = "90 days"
}

schema "public" {}

table "accounts" {
  schema = schema.public
  column "id" {
    type = bigint
    identity {
      generated = ALWAYS
    }
  }
  column "name" {
    type = text
  }
  primary_key {
    columns = [column.id]
  }
}

table "events" {
  schema = schema.public
  column "at" {
    type = timestamptz
  }
  column "account" {
    type = bigint
  }
  column "kind" {
    type = text
  }
  foreign_key "events_account" {
    columns     = [column.account]
    ref_columns = [table.accounts.column.id]
  }
  index "events_account" {
    columns = [column.account, column.at]
  }
  partition {
    type    = RANGE
    columns = [column.at]
    lifecycle {
      every      = "1 day"
      ahead      = "14 days" # partitions for the next 14 days always exist
      keep       = var.keep  # then a partition is detached,
      drop_after = "7 days"  # waits, and is dropped
    }
  }
}

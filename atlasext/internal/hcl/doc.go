// Package hcl reads policies from Atlas's HCL files, where they stand beside the key that they govern:
//
//	table "events" {
//	  ...
//	  partition {
//	    type    = RANGE
//	    columns = [column.created_at]
//	    lifecycle {
//	      every = "1 day"
//	      keep  = var.keep
//	    }
//	  }
//	}
//
// Atlas itself ignores the block. Here it is as strict as a policy document:
//
//	policies, err := hcl.Policies([]string{"schema.hcl"}, variables)
//	... // schema.hcl:9:7: unknown field of lifecycle (did you mean every?), "evry"
package hcl

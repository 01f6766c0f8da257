package document

import (
	"github.com/partsmith/partsmith-migrate/core/leaf"
	"github.com/partsmith/partsmith-migrate/document/internal/form"
)

// likeKind is what new partitions are like in one respect.
func likeKind() form.Kind[leaf.Like] {
	return form.WordsKind(form.Word[leaf.Like]{Text: likeNewest, Means: leaf.LikeNewest}, form.Word[leaf.Like]{Text: likeParent, Means: leaf.LikeParent})
}

// loggingKind takes the words of a switch.
func loggingKind() form.Kind[leaf.Logging] {
	on, off := leaf.Unlogged, leaf.Logged
	return form.WordsKind(form.Word[leaf.Logging]{Text: "on", Means: on}, form.Word[leaf.Logging]{Text: "off", Means: off},
		form.Word[leaf.Logging]{Text: "true", Means: on}, form.Word[leaf.Logging]{Text: "false", Means: off})
}

// leafKind is one word for all, or each by itself.
func leafKind() form.Kind[leaf.Rule] {
	word, each := likeKind(), form.ObjectKind("leaf", leafFields())
	return form.Kind[leaf.Rule]{
		Schema: form.Schema{AnyOf: append(append([]form.Schema{}, word.Schema.AnyOf...), each.Schema)},
		Read: func(r *form.Reader, n *form.Node) (leaf.Rule, bool) {
			if n.Shape == form.MapShape {
				return each.Read(r, n)
			}
			const wanted = likeNewest + ", " + likeParent + ", or a map of fields"
			text, ok := r.Scalar(n, wanted)
			like := leaf.Like(text)
			if ok && like != leaf.LikeNewest && like != leaf.LikeParent {
				r.Misread(n, "must be "+wanted, text, "")
				ok = false
			}
			return leaf.Rule{Like: like}, ok
		},
	}
}

// likeFields are the respects in which new partitions may be like the newest one or like the parent.
func likeFields() []form.Field[leaf.Rule] {
	field := func(name, what string, to func(*leaf.Rule) *leaf.Like) form.Field[leaf.Rule] {
		return form.FieldOf(name, likeKind(), to, what, likeParent)
	}
	return []form.Field[leaf.Rule]{
		field("others", "What is not given by itself, replica identity included: like_newest or like_parent. Default: like_newest.", func(l *leaf.Rule) *leaf.Like { return &l.Like }),
		field("indexes", "Indexes that back no constraint. Default: as others says.", func(l *leaf.Rule) *leaf.Like { return &l.Indexes }),
		field("constraints", "Primary key, UNIQUE, EXCLUDE, CHECK and NOT NULL. Default: as others says.", func(l *leaf.Rule) *leaf.Like { return &l.Constraints }),
		field("triggers", "Triggers. Default: as others says.", func(l *leaf.Rule) *leaf.Like { return &l.Triggers }),
		field("comments", "Comments on columns, and on partitions where two or more have the same. Default: as others says.", func(l *leaf.Rule) *leaf.Like { return &l.Comments }),
		field("row_security", "Whether row security is on, and policies. Default: as others says.", func(l *leaf.Rule) *leaf.Like { return &l.RowSecurity }),
		field("statistics", "Extended statistics, and statistics targets and n_distinct of columns. Default: as others says.", func(l *leaf.Rule) *leaf.Like { return &l.Statistics }),
	}
}

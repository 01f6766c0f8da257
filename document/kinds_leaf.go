package document

import (
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/document/internal/form"
)

// likeKind is what new partitions are like in one respect.
func likeKind() form.Kind[lifecycle.Like] {
	return form.WordsKind(form.Word[lifecycle.Like]{Text: likeNewest, Means: lifecycle.LikeNewest}, form.Word[lifecycle.Like]{Text: likeParent, Means: lifecycle.LikeParent})
}

// loggingKind takes the words of a switch.
func loggingKind() form.Kind[lifecycle.Logging] {
	on, off := lifecycle.Unlogged, lifecycle.Logged
	return form.WordsKind(form.Word[lifecycle.Logging]{Text: "on", Means: on}, form.Word[lifecycle.Logging]{Text: "off", Means: off},
		form.Word[lifecycle.Logging]{Text: "true", Means: on}, form.Word[lifecycle.Logging]{Text: "false", Means: off})
}

// leafKind is one word for all, or each by itself.
func leafKind() form.Kind[lifecycle.Leaf] {
	word, each := likeKind(), form.ObjectKind("leaf", leafFields())
	return form.Kind[lifecycle.Leaf]{
		Schema: form.Schema{AnyOf: append(append([]form.Schema{}, word.Schema.AnyOf...), each.Schema)},
		Read: func(r *form.Reader, n *form.Node) (lifecycle.Leaf, bool) {
			if n.Shape == form.MapShape {
				return each.Read(r, n)
			}
			const wanted = likeNewest + ", " + likeParent + ", or a map of fields"
			text, ok := r.Scalar(n, wanted)
			like := lifecycle.Like(text)
			if ok && like != lifecycle.LikeNewest && like != lifecycle.LikeParent {
				r.Misread(n, "must be "+wanted, text, "")
				ok = false
			}
			return lifecycle.Leaf{Like: like}, ok
		},
	}
}

// likeFields are the respects in which new partitions may be like the newest one or like the parent.
func likeFields() []form.Field[lifecycle.Leaf] {
	field := func(name, what string, to func(*lifecycle.Leaf) *lifecycle.Like) form.Field[lifecycle.Leaf] {
		return form.FieldOf(name, likeKind(), to, what, likeParent)
	}
	return []form.Field[lifecycle.Leaf]{
		field("others", "What is not given by itself, replica identity included: like_newest or like_parent. Default: like_newest.", func(l *lifecycle.Leaf) *lifecycle.Like { return &l.Like }),
		field("indexes", "Indexes that back no constraint. Default: as others says.", func(l *lifecycle.Leaf) *lifecycle.Like { return &l.Indexes }),
		field("constraints", "Primary key, UNIQUE, EXCLUDE, CHECK and NOT NULL. Default: as others says.", func(l *lifecycle.Leaf) *lifecycle.Like { return &l.Constraints }),
		field("triggers", "Triggers. Default: as others says.", func(l *lifecycle.Leaf) *lifecycle.Like { return &l.Triggers }),
		field("comments", "Comments on columns, and on partitions where two or more have the same. Default: as others says.", func(l *lifecycle.Leaf) *lifecycle.Like { return &l.Comments }),
		field("row_security", "Whether row security is on, and policies. Default: as others says.", func(l *lifecycle.Leaf) *lifecycle.Like { return &l.RowSecurity }),
		field("statistics", "Extended statistics, and statistics targets and n_distinct of columns. Default: as others says.", func(l *lifecycle.Leaf) *lifecycle.Like { return &l.Statistics }),
	}
}

"""Parts of a page that suit every kind of run."""

"""Words as people write them: their endings, what is like what, and the table of words that users extend."""

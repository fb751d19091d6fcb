"""From the words that a client said and from the signs in the book to one of eleven reasons."""

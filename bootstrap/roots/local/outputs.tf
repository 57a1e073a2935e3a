# Nothing: clusters/local/facts.json is empty, since kind has nothing to find out.

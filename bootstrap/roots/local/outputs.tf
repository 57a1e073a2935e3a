# No outputs: a kind cluster has no facts, so clusters/local/facts.json is empty.

"""Commission requests and concessions: published tiers decide; price sees no score, level or case."""

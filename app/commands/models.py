"""Answer `hotline models`: what lies on the shelf, bring it, verify it."""

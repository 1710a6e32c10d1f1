"""Keep machines in processes of their own: watched, killed when they hang, replaced before they grow too heavy."""

"""Judge what a machine says it read: was it said at all?"""

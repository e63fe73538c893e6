"""What is committed together: state, messages owed, and the trace of both."""

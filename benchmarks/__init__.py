"""Speed and scale, with peers in the same run; started by hand."""

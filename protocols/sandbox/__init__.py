"""One process and one network of its own per lab, and the supervisor that starts, feeds and ends them."""

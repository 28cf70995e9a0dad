"""What runs in the helper process and its forks: no Django, no settings, nothing but lupa and msgpack."""

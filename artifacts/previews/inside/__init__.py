"""The process that draws: it decodes untrusted bytes with native code, so it has nothing and may do nothing."""

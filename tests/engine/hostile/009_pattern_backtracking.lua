-- expect: cpu
print(("a"):rep(40):find((".-"):rep(20).."b"))

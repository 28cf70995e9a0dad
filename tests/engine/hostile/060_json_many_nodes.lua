-- expect: ok|error ; text=/memory/
print(pcall(json.decode,"["..("[],"):rep(3e5).."1]"))

-- expect: ok|cpu
print(load(function() return "local x = 1 " end))

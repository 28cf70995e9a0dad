-- expect: ok|error
local function f(n) if n>190 then return pcall(Session.list) end return string.gsub("x","x",function() f(n+1) end) end print(pcall(f,1)) print(#json.encode({}))

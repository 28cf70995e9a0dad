-- expect: error
local function f() return 1+f() end xpcall(f,function() return f() end) f()

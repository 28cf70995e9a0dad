-- expect: error ; text=/dead coroutine/
local f=coroutine.wrap(function() end) f() f()

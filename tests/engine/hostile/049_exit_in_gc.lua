-- expect: ok
setmetatable({},{__gc=function() os.exit(0) end}) collectgarbage() while true do end

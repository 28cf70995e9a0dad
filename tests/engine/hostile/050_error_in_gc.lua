-- expect: ok ; out=/end/
setmetatable({},{__gc=function() error("x") end}) collectgarbage() print("end")

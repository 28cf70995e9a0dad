-- expect: ok ; out=/alive/
local p=print getmetatable("").__index=function() error("x") end p(json.encode({a="alive"}), (io.open("x")))

-- expect: ok ; out=/null/
local fake=setmetatable({},getmetatable(json.null) or {}) print(json.encode(json.null), pcall(json.encode,fake))

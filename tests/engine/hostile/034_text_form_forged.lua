-- expect: ok ; out=/^true/
local id=host.id("a") print(pcall(json.encode,{id})) local forged=setmetatable({},getmetatable(id)) print(pcall(json.encode,{forged}))

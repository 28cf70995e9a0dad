-- expect: ok ; out=/nested too deeply/
local t={} for i=1,150 do t={t} end print(pcall(Session.create,t))

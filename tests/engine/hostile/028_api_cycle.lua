-- expect: ok ; out=/contains itself/
local t={} t.a={b=t} print(pcall(Session.create,t))

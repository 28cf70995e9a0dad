-- expect: ok ; out=/true\tfalse\ttrue/
local a,b={},{} print(tostring(a)==tostring(a), tostring(a)==tostring(b), tostring(a)==("%s"):format(a))

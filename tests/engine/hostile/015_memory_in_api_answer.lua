-- expect: ok|error ; text=/not enough memory/
local t={} local s=("x"):rep(900000) for i=1,200 do t[i]=host.echo(s..i) end

-- expect: ok ; out=/end/
for i=1,50 do setmetatable({},{__gc=function() Session.list() print(json.encode{1}) end}) end collectgarbage() for i=1,100 do host.echo({i,{i}}) end print("end")

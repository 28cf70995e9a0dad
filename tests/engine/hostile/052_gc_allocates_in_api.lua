-- expect: ok|error|cpu ; text=/memory/
for i=1,100 do setmetatable({},{__gc=function() local t={} for j=1,1e4 do t[j]={} end end}) end for i=1,100 do host.echo({i,{i}}) end

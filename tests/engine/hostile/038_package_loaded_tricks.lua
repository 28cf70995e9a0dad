-- expect: ok ; out=/table/
package.loaded.io=nil package.searchers={} package.path="/etc/?" print(type(io), pcall(require,"passwd"))

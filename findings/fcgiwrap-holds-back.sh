#!/bin/sh
# Behind nginx and fcgiwrap a push whose hook takes longer than the timeout ends as HTTP 504, and goes in all the same.
#
# Versions: nginx 1.22.1, fcgiwrap 1.1.0-14+deb12u1, git 2.39.5, libcurl 7.88.1, seen on Debian 12.
#
# Behaviour, with fastcgi_read_timeout 3s, receive.keepAlive 1 and a pre-receive hook of 6 seconds:
#   as usual              the client gets "HTTP 504" and, as its last line, "Everything up-to-date"; the hook goes on,
#                         and the ref is there afterwards. What the hook prints never arrives.
#   NO_BUFFERING 1        each keepalive packet of git's resets the timeout, and the push ends as it should.
#
# Why a good guess is wrong:
#   git receive-pack sends an empty packet each receive.keepAlive seconds while a hook is silent, so that it looks as if
#   no proxy in between could time out. fcgiwrap 1.1 keeps those few bytes in its buffer until the program ends, unless
#   the parameter NO_BUFFERING is set, which its manual page names.
#   And "504" and "up-to-date" both read as if nothing had happened.
#
# Needs nginx, fcgiwrap and git on the machine.
set -eu

tmp=$(mktemp -d)
trap 'kill $(cat "$tmp"/*.pid 2>/dev/null) 2>/dev/null || true; sleep 1; rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
port=${PORT:-18917}
unset $(git rev-parse --local-env-vars)
export HOME="$tmp" GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
cd "$tmp"
git init -q --bare -b main repo.git
git -C repo.git config http.receivepack true
git -C repo.git config receive.keepAlive 1
printf '#!/bin/sh\ncat >/dev/null\nsleep 6\necho "the hook has spoken"\n' >repo.git/hooks/pre-receive
chmod +x repo.git/hooks/pre-receive
git init -q -b main work
git -C work -c user.name=Ann -c user.email=ann@example.org commit -q --allow-empty -m 'First'
/usr/sbin/fcgiwrap -s "unix:$tmp/socket" >fcgiwrap.log 2>&1 &
echo $! >fcgiwrap.pid
sleep 1

push() { # what to add to the location, the branch
    cat >nginx.conf <<CONF
$([ "$(id -u)" = 0 ] && echo 'user root;')
pid $tmp/nginx.pid; error_log $tmp/error.log;
events { worker_connections 64; }
http {
  access_log off; client_body_temp_path $tmp/b; fastcgi_temp_path $tmp/f; proxy_temp_path $tmp/p;
  uwsgi_temp_path $tmp/u; scgi_temp_path $tmp/s;
  server {
    listen 127.0.0.1:$port; client_max_body_size 0; fastcgi_read_timeout 3s;
    location ~ ^/git(/.*)\$ {
      fastcgi_pass unix:$tmp/socket; include /etc/nginx/fastcgi_params;
      fastcgi_param SCRIPT_FILENAME $(git --exec-path)/git-http-backend;
      fastcgi_param GIT_PROJECT_ROOT $tmp; fastcgi_param GIT_HTTP_EXPORT_ALL "";
      fastcgi_param PATH_INFO \$1; $1
    }
  }
}
CONF
    /usr/sbin/nginx -e "$tmp/error.log" -c "$tmp/nginx.conf"
    sleep 1
    git -C work push "http://127.0.0.1:$port/git/repo.git" "main:$2" >"$2.out" 2>&1 || true
    sleep 6
    kill "$(cat nginx.pid)"
    sleep 1
    echo "$2:"
    sed 's/^/  /' "$2.out"
    git -C repo.git rev-parse -q --verify "refs/heads/$2" >/dev/null && echo "  the ref is there"
}

push "" usual
push "fastcgi_param NO_BUFFERING 1;" unbuffered
grep -q "HTTP 504" usual.out && grep -q "up-to-date" usual.out || exit 1
grep -q "the hook has spoken" usual.out && exit 1
git -C repo.git rev-parse -q --verify refs/heads/usual >/dev/null || exit 1
grep -q "the hook has spoken" unbuffered.out && grep -q "new branch" unbuffered.out || exit 1

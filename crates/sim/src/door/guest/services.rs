//! What a guest of that name is there for: its services with their configuration and their log.

/// A service.
pub(in super::super) struct Service {
    /// Name of its unit.
    pub(in super::super) unit: &'static str,
    pub(in super::super) description: &'static str,
    /// Whether it runs; else it failed.
    pub(in super::super) runs: bool,
    /// Files with their text.
    pub(super) files: &'static [(&'static str, &'static str)],
    /// What it logged last.
    pub(in super::super) said: &'static [&'static str],
}

/// The services of a guest of that name, and the units that every one has.
pub(super) fn services(name: &str) -> Vec<&'static Service> {
    let own: &[Service] = match name {
        "adguard" => DNSMASQ,
        "grafana" | "home-assistant" | "jellyfin" | "paperless" | "proxy" => NGINX,
        "gitea" => GITEA,
        "postgres" => POSTGRES,
        "redis" | "vaultwarden" => REDIS,
        "docker" => DOCKER,
        _ => &[],
    };
    own.iter().chain(EVERYWHERE).collect()
}

const EVERYWHERE: &[Service] = &[
    Service {
        unit: "cron.service",
        description: "Regular background program processing daemon",
        runs: true,
        files: &[("etc/crontab", "17 * * * * root cd / && run-parts --report /etc/cron.hourly\n")],
        said: &["(CRON) INFO (Running @reboot jobs)"],
    },
    Service {
        unit: "ssh.service",
        description: "OpenBSD Secure Shell server",
        runs: true,
        files: &[("etc/ssh/sshd_config", "PermitRootLogin prohibit-password\nPasswordAuthentication no\n")],
        said: &["Server listening on 0.0.0.0 port 22.", "Server listening on :: port 22."],
    },
];

const NGINX: &[Service] = &[Service {
    unit: "nginx.service",
    description: "A high performance web server and a reverse proxy server",
    runs: true,
    files: &[
        (
            "etc/nginx/nginx.conf",
            "user www-data;\nworker_processes auto;\npid /run/nginx.pid;\n\nevents {\n    worker_connections 768;\n}\n\nhttp {\n    sendfile on;\n    keepalive_timeout 65;\n    access_log /var/log/nginx/access.log;\n    include /etc/nginx/sites-enabled/*;\n}\n",
        ),
        (
            "etc/nginx/sites-enabled/default",
            "server {\n    listen 80 default_server;\n    server_name _;\n    root /srv/www;\n}\n",
        ),
        ("srv/www/index.html", "<!doctype html><title>It works</title>\n"),
        (
            "var/log/nginx/access.log",
            "10.10.20.10 - - [28/Nov/2026:06:25:13 +0000] \"GET / HTTP/1.1\" 200 39\n10.10.20.10 - - [28/Nov/2026:06:25:14 +0000] \"GET /favicon.ico HTTP/1.1\" 404 153\n",
        ),
        ("var/log/nginx/error.log", ""),
    ],
    said: &["nginx: configuration file /etc/nginx/nginx.conf test is successful"],
}];

const DNSMASQ: &[Service] = &[Service {
    unit: "dnsmasq.service",
    description: "dnsmasq - A lightweight DHCP and caching DNS server",
    runs: true,
    files: &[
        (
            "etc/dnsmasq.conf",
            "domain-needed\nbogus-priv\nserver=9.9.9.9\nlocal=/home.arpa/\naddress=/nas.home.arpa/10.10.50.5\ncache-size=1000\n",
        ),
        ("var/log/dnsmasq.log", "query[A] nas.home.arpa from 192.168.1.20\n"),
    ],
    said: &["started, version 2.91 cachesize 1000", "using nameserver 9.9.9.9#53"],
}];

const GITEA: &[Service] = &[Service {
    unit: "gitea.service",
    description: "Gitea (Git with a cup of tea)",
    runs: true,
    files: &[(
        "etc/gitea/app.ini",
        "APP_NAME = Gitea\n\n[server]\nHTTP_PORT = 3000\nDOMAIN = git.home.arpa\n\n[database]\nDB_TYPE = postgres\nHOST = 10.10.20.13:5432\n\n[security]\nINSTALL_LOCK = true\n",
    )],
    said: &["Listen: http://0.0.0.0:3000"],
}];

const POSTGRES: &[Service] = &[
    Service {
        unit: "postgresql.service",
        description: "PostgreSQL RDBMS",
        runs: true,
        files: &[
            (
                "etc/postgresql/17/main/postgresql.conf",
                "listen_addresses = '*'\nport = 5432\nmax_connections = 100\nshared_buffers = 512MB\n",
            ),
            (
                "etc/postgresql/17/main/pg_hba.conf",
                "local all postgres peer\nhost all all 10.10.20.0/24 scram-sha-256\n",
            ),
            (
                "var/log/postgresql/postgresql-17-main.log",
                "LOG:  database system is ready to accept connections\n",
            ),
        ],
        said: &["Started PostgreSQL RDBMS."],
    },
    Service {
        unit: "postgres-exporter.service",
        description: "Prometheus exporter of PostgreSQL",
        runs: false,
        files: &[],
        said: &[
            "could not connect to server: Connection refused",
            "Main process exited, code=exited, status=1/FAILURE",
        ],
    },
];

const REDIS: &[Service] = &[Service {
    unit: "redis-server.service",
    description: "Advanced key-value store",
    runs: true,
    files: &[
        ("etc/redis.conf", "bind 0.0.0.0\nport 6379\nmaxmemory 256mb\nappendonly yes\n"),
        ("var/log/redis/redis.log", "1:M 28 Nov 2026 06:25:13.000 * Ready to accept connections tcp\n"),
    ],
    said: &["Ready to accept connections tcp"],
}];

const DOCKER: &[Service] = &[Service {
    unit: "docker.service",
    description: "Docker Application Container Engine",
    runs: true,
    files: &[
        ("etc/docker/daemon.json", "{\n  \"log-driver\": \"json-file\"\n}\n"),
        (
            "opt/stacks/web/compose.yaml",
            "services:\n  web:\n    image: nginx:1.29\n    ports:\n      - \"8080:80\"\n",
        ),
    ],
    said: &["API listen on /run/docker.sock"],
}];

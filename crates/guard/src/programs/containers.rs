//! Containers, and the images and networks that they need.

use super::call::{Call, Rows, after, head, shown, text, touch_all, word_like};
use super::does::{ask, benign, container_down, data_gone, privileged, read, up};
use super::grammar::{Grammar, PLAIN, anywhere, parse};
use super::run_container::run;
use super::verbs::{Verbs, by_verb};
use super::wrappers::stdin_shell;
use crate::effect::{Effect, Nested, Touch};
use crate::word::{Value, Word};

pub(super) const ROWS: Rows = &[
    ("docker|podman|nerdctl", |call| {
        by_verb(call, if call.name == "nerdctl" { NERDCTL } else { DOCKER_OPTIONS }, DOCKER, ask)
    }),
    ("docker-compose|podman-compose", compose),
    ("crictl", |call| {
        by_verb(
            call,
            anywhere("rict", "runtime-endpoint image-endpoint timeout config"),
            &[
                (
                    "ps|images|img|info|version|inspect|inspecti|inspectp|logs|pods|stats|statsp|\
                     imagefsinfo|events|config",
                    read,
                ),
                ("pull|start|create|run|runp|update", benign),
                ("exec", |call| exec(call, anywhere("", "timeout"))),
                ("stop|rm|rmi|stopp|rmp|checkpoint", container_down),
            ],
            ask,
        )
    }),
    ("ctr", |call| {
        by_verb(
            call,
            anywhere("an", "address namespace timeout connect-timeout"),
            &[
                (
                    "containers list|containers ls|containers info|c ls|c list|images list|images ls|\
                     images check|i ls|i list|tasks list|tasks ls|t ls|tasks metrics|namespaces list|\
                     namespaces ls|ns ls|version|info|plugins ls|snapshots ls|content ls|leases ls|events",
                    read,
                ),
                ("images pull|i pull|images tag|images import|run", benign),
                ("tasks exec|t exec", |call| exec(call, anywhere("", "exec-id cwd user"))),
                (
                    "tasks kill|tasks rm|tasks delete|tasks pause|containers rm|containers delete|c rm|\
                     images rm|i rm|images delete|t kill|t rm|snapshots rm|content prune",
                    container_down,
                ),
                ("namespaces remove|ns rm", data_gone),
            ],
            ask,
        )
    }),
    ("lxc|incus", |call| by_verb(call, anywhere("", "project"), LXD, ask)),
    ("lxd|incusd", ask),
    ("buildah|skopeo|cosign|kaniko|regctl|crane|oras", |call| {
        by_verb(
            call,
            PLAIN,
            &[
                (
                    "images|containers|ps|inspect|info|version|list-tags|manifest|tag ls|image digest|\
                     repo ls|ls|digest|config|verify|catalog|discover",
                    read,
                ),
                ("copy|pull|push|bud|build|from|commit|tag|mount|sync|login|logout", benign),
                ("delete|rm|rmi|umount|prune", container_down),
            ],
            ask,
        )
    }),
    ("systemd-dissect", read),
    ("portainer|watchtower", ask),
    ("flyctl|fly|aws|gcloud|az|doctl|hcloud|linode-cli|oci|exo|scw|vultr-cli", cloud),
];

/// `-n` names the namespace.
const NERDCTL: Grammar = anywhere("naH", "namespace address host snapshotter cgroup-manager data-root");

const DOCKER_OPTIONS: Grammar = anywhere(
    "Hcl",
    "host context config log-level tlscacert tlscert tlskey namespace connection url identity address",
);

const DOCKER: Verbs = &[
    (
        "ps|images|logs|inspect|stats|top|port|diff|version|info|search|history|events|container ls|\
         container list|container ps|container inspect|container logs|container stats|container top|\
         container port|container diff|image ls|image list|image inspect|image history|network ls|\
         network list|network inspect|volume ls|volume list|volume inspect|system df|system info|\
         system events|compose version|context ls|context list|context inspect|context show|\
         manifest inspect|buildx ls|buildx version|buildx du|buildx inspect|buildx imagetools|node ls|\
         node ps|node inspect|service ls|service ps|service logs|service inspect|stack ls|stack ps|\
         stack services|stack config|secret ls|secret inspect|config ls|config inspect|plugin ls|\
         plugin inspect|scout|trust inspect|pod ps|pod ls|pod list|pod exists|pod inspect|pod stats|pod logs|pod top|\
         machine list|machine info|healthcheck run|container exists|image exists|volume exists|\
         generate systemd|generate kube|wait|container wait|sbom|builder du|checkpoint ls|swarm ca|\
         system connection list|image tree",
        read,
    ),
    (
        "pull|push|build|start|restart|tag|commit|save|load|import|login|logout|container start|\
         container restart|image pull|image push|image build|image tag|image save|image load|\
         image import|network create|network connect|volume create|buildx build|buildx use|buildx create|\
         buildx bake|context use|context create|unpause|container unpause|rename|container rename|\
         container commit|update|container update|builder build|pod create|pod start|pod restart|\
         play kube|kube play|auto-update|stack deploy|secret create|config create|service create|\
         service update|plugin install|compose build|swarm join-token|mount|container export|init",
        benign,
    ),
    ("export", export),
    ("run|create|container run|container create", run),
    ("exec|container exec|attach", |call| {
        exec(call, anywhere("uew", "user env env-file workdir detach-keys"))
    }),
    ("cp|container cp", copy),
    ("rm|container rm|container remove", |call| {
        if parse(call, PLAIN).has(&["-v", "--volumes"]) { data_gone(call) } else { container_down(call) }
    }),
    (
        "stop|kill|pause|container stop|container kill|container pause|image rm|image remove|image prune|\
         rmi|network rm|network remove|network prune|network disconnect|container prune|builder prune|\
         buildx prune|buildx rm|context rm|pod stop|pod kill|pod rm|pod pause|pod prune|plugin disable|\
         plugin rm|service scale|service rm|service rollback|stack rm|secret rm|config rm|node update|\
         swarm update|machine stop|machine rm|system migrate|checkpoint create|umount|node promote|\
         node demote|image untag|untag|manifest rm",
        container_down,
    ),
    ("system prune", |call| {
        if call.args.iter().any(|word| matches!(text(word), Some("--volumes")) || text(word).is_none()) {
            data_gone(call)
        } else {
            container_down(call)
        }
    }),
    ("volume rm|volume remove|volume prune|system reset", data_gone),
    ("swarm leave|node rm|swarm init", container_down),
    ("compose", compose),
    ("stack down|trust revoke|swarm unlock|swarm join", container_down),
];

/// A container's file system as an archive: written where it says.
fn export(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("o", "output"));
    let effects = touch_all(Touch::Write, parsed.value(&["-o", "--output"]));
    if effects.is_empty() { read(call) } else { effects }
}

/// What runs in a container that is there: the first operand is the container, the rest the command.
fn exec(call: &Call<'_>, grammar: Grammar) -> Vec<Effect> {
    let parsed = parse(call, Grammar { front: true, ..grammar });
    let mut effects = vec![];
    if parsed.has(&["--privileged"]) {
        effects.extend(privileged(call));
    }
    let cwd = parsed.value(&["-w", "--workdir", "--cwd"]).map_or(Value::tainted(), |word| word.value.clone());
    match parsed.rest.get(1..) {
        Some(command) if !command.is_empty() => {
            let command = if text(&command[0]) == Some("--") { &command[1..] } else { command };
            effects.push(Effect::Run(Nested { cwd: Some(cwd), ..call.nested(command).elsewhere() }));
        }
        _ => effects.extend(stdin_shell(call)),
    }
    effects
}

/// `docker cp`: one side is a path here, the other in a container.
pub(super) fn copy(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("cn", "container namespace"));
    let [from, to] = parsed.operands.as_slice() else { return ask(call) };
    let inside = |word: &Word| {
        head(word).find(':').filter(|&at| {
            at > 0 && !head(word)[..at].contains('/')
                || head(word)[..at].contains('/')
                    && !head(word).starts_with('/')
                    && !head(word).starts_with('.')
        })
    };
    let local = |word: &Word| {
        inside(word)
            .map_or_else(|| word.clone(), |at| after(word, at + 1).unwrap_or_else(|| word_like(word, "/")))
    };
    if shown(to) == "-" {
        return read(call);
    }
    super::files::written_to(&local(to), &[&local(from)])
}

const COMPOSE: Grammar =
    anywhere("fp", "file project-name profile env-file project-directory parallel ansi progress");

fn compose(call: &Call<'_>) -> Vec<Effect> {
    by_verb(
        call,
        COMPOSE,
        &[
            ("ps|logs|config|images|top|ls|version|events|port|convert|stats|volumes|wait|alpha viz", read),
            ("up", |call| {
                if call.any(&["-V", "--renew-anon-volumes"]) {
                    data_gone(call)
                } else if call.any(&["--remove-orphans"])
                    || call.texts().any(|arg| arg.starts_with("--scale"))
                {
                    benign(call)
                } else {
                    up(call)
                }
            }),
            ("pull|restart|start|build|push|create|unpause|watch|publish|cp|scale|attach|export|commit", up),
            ("stop|kill|pause", container_down),
            ("down|rm", |call| {
                if parse(call, anywhere("t", "timeout rmi")).has(&["-v", "--volumes"]) {
                    data_gone(call)
                } else {
                    container_down(call)
                }
            }),
            ("exec", |call| exec(call, anywhere("uew", "user env workdir index"))),
            ("run", |call| {
                exec(call, anywhere("uewvpl", "user env workdir volume publish name entrypoint label"))
            }),
        ],
        ask,
    )
}

const LXD: Verbs = &[
    (
        "list|ls|info|config show|config get|config device list|config device show|image list|image info|\
         network list|network show|network get|network info|profile list|profile show|storage list|\
         storage show|storage info|storage volume list|storage volume show|snapshot list|remote list|\
         version|cluster list|cluster show|operation list|project list|project show|top|query|monitor|\
         warning list|config trust list|file get|image alias list|storage bucket list",
        read,
    ),
    (
        "start|launch|init|copy|snapshot|snapshot create|publish|image copy|image import|image refresh|\
         network create|profile create|storage volume create|resume|export|import|storage create|\
         profile assign|alias|remote add|config device add|file mount|storage volume snapshot|\
         storage volume copy",
        benign,
    ),
    (
        "config set|config unset|config edit|profile set|profile edit|profile device|config device set|\
         config device remove|network set|network edit|network attach|network detach|storage set|\
         storage edit|rename|move|pause|freeze|stop|restart|restore|storage volume set|\
         storage volume detach|storage volume attach|snapshot restore",
        super::does::guest_down,
    ),
    ("exec|shell", |call| exec(call, anywhere("", "cwd env user group mode"))),
    (
        "delete|rm|storage delete|storage volume delete|image delete|snapshot delete|network delete|\
         profile delete|project delete|storage volume snapshot delete",
        |call| {
            let snapshot = call.texts().all(|arg| arg.starts_with('-') || arg.contains('/'));
            if snapshot && !call.args.is_empty() {
                super::does::snapshot_gone(call)
            } else {
                super::does::guest_gone(call)
            }
        },
    ),
    ("config trust add|config trust remove|cluster", super::does::access),
    ("file push", |call| {
        let parsed = parse(call, anywhere("", "uid gid mode"));
        parsed
            .operands
            .last()
            .and_then(|word| after(word, head(word).find('/').unwrap_or(0)))
            .map_or_else(|| ask(call), |to| vec![Effect::Touch(Touch::Write, to)])
    }),
];

/// Cloud tools: reading verbs are known by their names, the rest is asked about.
fn cloud(call: &Call<'_>) -> Vec<Effect> {
    let reads = call.texts().any(|arg| {
        [
            "list",
            "describe",
            "get",
            "ls",
            "show",
            "status",
            "info",
            "version",
            "--version",
            "help",
            "whoami",
            "sts",
        ]
        .iter()
        .any(|read| arg == *read || arg.starts_with(&format!("{read}-")))
    });
    let writes = call.texts().any(|arg| {
        [
            "delete",
            "rm",
            "rb",
            "terminate",
            "stop",
            "remove",
            "destroy",
            "purge",
            "put",
            "create",
            "update",
            "set",
            "run",
            "cp",
            "mv",
            "sync",
        ]
        .iter()
        .any(|write| arg == *write || arg.starts_with(&format!("{write}-")))
    });
    if reads && !writes || call.args.is_empty() { read(call) } else { ask(call) }
}

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::{Allow, Confirm, Deny};

    #[test]
    fn containers_come_and_go_and_volumes_stay() {
        table(&[
            (Allow, "docker ps -a"),
            (Allow, "docker logs --tail 100 -f nginx"),
            (Allow, "docker compose -f /opt/stacks/x/docker-compose.yml up -d"),
            (Allow, "docker-compose ps"),
            (Allow, "docker restart nginx"),
            (Allow, "docker stats --no-stream"),
            (Allow, "docker exec -it nginx nginx -t"),
            (Allow, "docker system df"),
            (Allow, "docker pull nginx:latest"),
            (Allow, "docker build -t app ."),
            (Allow, "docker run --rm hello-world"),
            (Allow, "docker cp nginx:/etc/nginx/nginx.conf /tmp/"),
            (Allow, "docker network ls"),
            (Allow, "docker volume ls"),
            (Allow, "docker image ls"),
            (Allow, "podman ps"),
            (Allow, "incus list"),
            (Allow, "docker top nginx"),
            (Confirm, "docker stop nginx"),
            (Confirm, "docker rm -f nginx"),
            (Confirm, "docker rmi nginx"),
            (Confirm, "docker system prune -af"),
            (Confirm, "docker compose down"),
            (Confirm, "docker network rm x"),
            (Confirm, "docker run --privileged -it debian bash"),
            (Confirm, "docker image prune -a -f"),
            (Confirm, "docker container prune -f"),
            (Confirm, "docker pause nginx"),
            (Confirm, "docker swarm leave --force"),
            (Confirm, "lxc stop c1"),
            (Confirm, "docker exec app sh /x.sh"),
            (Deny, "docker system prune -af --volumes"),
            (Deny, "docker volume rm data"),
            (Deny, "docker compose down -v"),
            (Deny, "docker exec db psql -U postgres -c 'DROP DATABASE app'"),
            (Deny, "docker-compose down --volumes"),
            (Deny, "docker rm -v db"),
            (Deny, "podman volume rm x"),
            (Deny, "lxc delete c1 --force"),
            (Deny, "incus delete c1"),
        ]);
    }
}

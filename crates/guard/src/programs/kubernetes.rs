//! Kubernetes and its kin.

use super::call::{Call, Rows, among, text};
use super::containers::copy;
use super::does::{ask, ask_unless_reading, benign, container_down, data_gone, privileged, read};
use super::grammar::{Grammar, anywhere, parse};
use super::verbs::{Verbs, by_verb};
use super::wrappers::stdin_shell;
use crate::effect::{Effect, Nested};
use crate::word::Value;

pub(super) const ROWS: Rows = &[
    ("kubectl|k3s|microk8s|oc|k|kubecolor", kubectl),
    ("k3s-killall.sh|k3s-agent-uninstall.sh", container_down),
    ("k3s-uninstall.sh", data_gone),
    ("helm", |call| by_verb(call, KUBE, HELM, ask)),
    ("k3d|kind|minikube|kubeadm|talosctl|kops|eksctl", |call| {
        by_verb(
            call,
            anywhere("ne", "nodes endpoints context talosconfig kubeconfig profile"),
            &[
                (
                    "version|cluster list|node list|get|status|profile list|token list|config view|\
                     config images list|certs check-expiration|health|dashboard|logs|list|services|\
                     containers|dmesg|ip",
                    read,
                ),
                ("create|start|token create|load|image load|image import|certs renew", benign),
                ("delete|stop|cluster delete|destroy", data_gone),
                ("reset|reboot|shutdown|upgrade", data_gone),
            ],
            ask,
        )
    }),
    ("argocd|flux|istioctl|linkerd|cilium|velero|kustomize|kubeseal|vcluster", |call| {
        by_verb(
            call,
            anywhere("n", "namespace context kubeconfig"),
            &[
                (
                    "version|get|list|status|app list|app get|app diff|app history|logs|check|\
                     proxy-status|analyze|build|describe|tree|stats|backup get|restore get|schedule get|\
                     backup describe|connectivity",
                    read,
                ),
                ("app sync|reconcile|backup create|app set|resume|sync", benign),
                ("app delete|delete|uninstall|restore create|suspend|backup delete|app rollback", data_gone),
            ],
            ask,
        )
    }),
    ("kubectx|kubens|docker-credential-pass", benign),
];

const KUBE: Grammar = anywhere(
    "nscf",
    "namespace context kubeconfig cluster user server token as as-group certificate-authority \
     request-timeout kube-context v cache-dir",
);

fn kubectl(call: &Call<'_>) -> Vec<Effect> {
    if matches!(call.name, "k3s" | "microk8s") {
        return match call.args.split_first() {
            Some((first, _))
                if matches!(text(first), Some("kubectl" | "crictl" | "ctr" | "helm" | "helm3")) =>
            {
                vec![call.runs(call.args)]
            }
            Some((first, _))
                if matches!(
                    text(first),
                    Some("check-config" | "--version" | "-v" | "status" | "inspect" | "version")
                ) =>
            {
                read(call)
            }
            Some((first, _))
                if matches!(text(first), Some("etcd-snapshot" | "certificate" | "token"))
                    && !call.any(&["delete", "prune"]) =>
            {
                benign(call)
            }
            Some((first, _)) if matches!(text(first), Some("stop" | "disable" | "leave")) => {
                container_down(call)
            }
            _ => ask(call),
        };
    }
    by_verb(call, KUBE, KUBECTL, ask_unless_reading)
}

const KUBECTL: Verbs = &[
    (
        "get|describe|logs|top|version|cluster-info|api-resources|api-versions|explain|diff|events|\
         auth can-i|auth whoami|config view|config get-contexts|config current-context|\
         config get-clusters|config get-users|rollout status|rollout history|wait|plugin list|options|\
         completion|kustomize|port-forward|proxy|config use-context|config set-context|cluster-info dump|\
         view-secret",
        read,
    ),
    (
        "apply|create|expose|annotate|label|rollout restart|rollout resume|rollout pause|uncordon|\
         autoscale|set image|set env|set resources|patch|edit|run|config set|config set-cluster|\
         config set-credentials|config rename-context|config unset|taint|attach|certificate approve",
        maybe_dry,
    ),
    ("scale", |call| {
        if call.texts().any(|arg| arg.starts_with("--replicas=") && arg != "--replicas=0") {
            maybe_dry(call)
        } else {
            container_down(call)
        }
    }),
    ("replace", |call| if call.any(&["--force"]) { container_down(call) } else { maybe_dry(call) }),
    ("exec", kubectl_exec),
    // A node's debugging container has its files and namespaces; a pod's has the pod's.
    ("debug", |call| {
        let parsed = parse(call, anywhere("inc", "image namespace container target copy-to profile env"));
        let node = parsed.words().first().is_some_and(|what| what.starts_with("node/"));
        if node
            || parsed.operands.first().is_none_or(|what| text(what).is_none())
            || parsed.value(&["--profile"]).and_then(text) == Some("sysadmin")
        {
            return privileged(call);
        }
        let command =
            call.args.iter().position(|word| text(word) == Some("--")).and_then(|at| call.args.get(at + 1..));
        match command {
            Some(command) if !command.is_empty() => vec![Effect::Run(call.nested(command).elsewhere())],
            _ => benign(call),
        }
    }),
    ("cp", copy),
    ("delete", kubectl_delete),
    (
        "drain|cordon|rollout undo|certificate deny|config delete-context|config delete-cluster|\
         config delete-user",
        |call| if dry(call) { read(call) } else { container_down(call) },
    ),
];

fn dry(call: &Call<'_>) -> bool {
    call.texts().any(|arg| matches!(arg, "--dry-run" | "--dry-run=client" | "--dry-run=server"))
}

fn maybe_dry(call: &Call<'_>) -> Vec<Effect> {
    if dry(call) {
        read(call)
    } else if call.any(&["--prune", "--force"]) || call.texts().any(|arg| arg.contains(":NoExecute")) {
        container_down(call)
    } else {
        benign(call)
    }
}

/// The command stands after `--`; without it, after the pod.
fn kubectl_exec(call: &Call<'_>) -> Vec<Effect> {
    let cut = call.args.iter().position(|word| text(word) == Some("--"));
    let command = match cut {
        Some(at) => &call.args[at + 1..],
        None => {
            let parsed = parse(
                call,
                Grammar { letters: "nc", longs: "namespace container", front: true, words: false },
            );
            parsed.rest.get(1..).unwrap_or_default()
        }
    };
    if command.is_empty() {
        stdin_shell(call)
    } else {
        vec![Effect::Run(Nested { cwd: Some(Value::tainted()), ..call.nested(command).elsewhere() })]
    }
}

fn kubectl_delete(call: &Call<'_>) -> Vec<Effect> {
    const DATA: &str = "\
        ns namespace namespaces pvc pvcs persistentvolumeclaim persistentvolumeclaims pv \
        persistentvolume persistentvolumes crd crds customresourcedefinition customresourcedefinitions \
        secret secrets all storageclass sc volumesnapshot volumesnapshots node nodes no";
    if dry(call) {
        return read(call);
    }
    let parsed = parse(
        call,
        anywhere(
            "nfklo",
            "namespace filename kustomize selector grace-period timeout cascade field-selector",
        ),
    );
    let first = parsed.operands.first();
    let kinds: Vec<&str> = parsed
        .words()
        .into_iter()
        .take(1)
        .flat_map(|word| word.split(','))
        .chain(parsed.words().into_iter().filter(|word| word.contains('/')))
        .map(|kind| kind.split('/').next().unwrap_or(kind))
        .collect();
    let destroys = kinds.iter().any(|kind| {
        among(DATA, kind.split('.').next().unwrap_or(kind))
            && !matches!(*kind, "node" | "nodes" | "no" | "secret" | "secrets" | "all")
    });
    match first {
        _ if destroys => data_gone(call),
        Some(word) if text(word).is_none() => ask(call),
        _ => container_down(call),
    }
}

const HELM: Verbs = &[
    (
        "list|ls|status|history|hist|get|show|inspect|search|repo list|env|version|template|lint|\
         dependency list|dep list|plugin list|verify|test|diff",
        read,
    ),
    (
        "install|upgrade|repo add|repo update|repo up|pull|fetch|package|dependency update|\
         dependency build|dep update|dep build|push|registry login|create",
        maybe_dry,
    ),
    ("uninstall|delete|del|un|rollback", |call| if dry(call) { read(call) } else { container_down(call) }),
    ("repo remove|repo rm|plugin", container_down),
];

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::{Allow, Confirm, Deny};

    #[test]
    fn namespaces_and_claims_stay() {
        table(&[
            (Allow, "kubectl get pods -A -o wide"),
            (Allow, "kubectl describe node pve1"),
            (Allow, "kubectl logs -n kube-system deploy/coredns"),
            (Allow, "kubectl rollout restart deploy/app"),
            (Allow, "kubectl apply -f app.yaml"),
            (Allow, "kubectl exec -it pod/x -- ls /"),
            (Allow, "helm list -A"),
            (Allow, "helm upgrade --install x ./chart"),
            (Allow, "kubectl config get-contexts"),
            (Allow, "kubectl create namespace test"),
            (Allow, "kubectl scale deploy/x --replicas=2"),
            (Allow, "kubectl port-forward svc/x 8080:80"),
            (Allow, "k3s kubectl get nodes"),
            (Confirm, "kubectl delete pod x"),
            (Confirm, "kubectl drain node1"),
            (Confirm, "kubectl scale deploy x --replicas=0"),
            (Confirm, "kubectl cordon node1"),
            (Confirm, "helm uninstall x"),
            (Confirm, "kubectl exec x -- reboot"),
            (Deny, "kubectl delete ns prod"),
        ]);
    }
}

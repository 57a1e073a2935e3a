package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
)

const (
	// On a workload or its pod template: names of Secrets, separated by commas.
	wanted = "secret.reloader.stakater.com/reload"
	// On the pod template: the change that it was last rolled for.
	rolledFor = "reloader.stakater.com/last-reloaded-from"
)

var rolls = promauto.NewCounterVec(
	prometheus.CounterOpts{Name: "reloader_reload_executed_total", Help: "Workloads rolled, by success."},
	[]string{"success"},
)

// workload is what counts of a Deployment, StatefulSet or DaemonSet.
type workload struct {
	kind     string
	object   meta.ObjectMeta
	template core.PodTemplateSpec
	patch    func(ctx context.Context, patch []byte) error
}

// watch rolls workloads of a namespace until the context ends. What a Secret is when it first sees it changes nothing.
func watch(ctx context.Context, client kubernetes.Interface, namespace string) error {
	factory := informers.NewSharedInformerFactoryWithOptions(client, 0, informers.WithNamespace(namespace))
	secrets := factory.Core().V1().Secrets().Informer()
	_, err := secrets.AddEventHandler(cache.ResourceEventHandlerFuncs{
		UpdateFunc: func(before, after any) {
			was, is := before.(*core.Secret), after.(*core.Secret)
			if reflect.DeepEqual(was.Data, is.Data) {
				return
			}
			if err := roll(ctx, client, is); err != nil {
				slog.Error("workloads were not rolled", "namespace", namespace, "secret", is.Name, "error", err)
			}
		},
	})
	if err != nil {
		return err
	}
	factory.Start(ctx.Done())
	<-ctx.Done()
	factory.Shutdown()
	return nil
}

// roll changes the pod templates of all workloads that name the Secret.
func roll(ctx context.Context, client kubernetes.Interface, secret *core.Secret) error {
	all, err := workloads(ctx, client, secret.Namespace)
	if err != nil {
		return err
	}
	patch, err := patchFor(secret)
	if err != nil {
		return err
	}
	var failed error
	for _, one := range all {
		if !names(one.object.Annotations[wanted], secret.Name) && !names(one.template.Annotations[wanted], secret.Name) {
			continue
		}
		if err := one.patch(ctx, patch); err != nil {
			rolls.WithLabelValues("false").Inc()
			failed = errors.Join(failed, err)
			continue
		}
		rolls.WithLabelValues("true").Inc()
		slog.Info("rolled", "kind", one.kind, "namespace", secret.Namespace, "name", one.object.Name, "secret", secret.Name)
	}
	return failed
}

func workloads(ctx context.Context, client kubernetes.Interface, namespace string) ([]workload, error) {
	apps := client.AppsV1()
	deployments, err := apps.Deployments(namespace).List(ctx, meta.ListOptions{})
	if err != nil {
		return nil, err
	}
	statefulSets, err := apps.StatefulSets(namespace).List(ctx, meta.ListOptions{})
	if err != nil {
		return nil, err
	}
	daemonSets, err := apps.DaemonSets(namespace).List(ctx, meta.ListOptions{})
	if err != nil {
		return nil, err
	}
	var all []workload
	for _, one := range deployments.Items {
		all = append(all, workload{"Deployment", one.ObjectMeta, one.Spec.Template, func(ctx context.Context, patch []byte) error {
			_, err := apps.Deployments(namespace).Patch(ctx, one.Name, types.StrategicMergePatchType, patch, meta.PatchOptions{})
			return err
		}})
	}
	for _, one := range statefulSets.Items {
		all = append(all, workload{"StatefulSet", one.ObjectMeta, one.Spec.Template, func(ctx context.Context, patch []byte) error {
			_, err := apps.StatefulSets(namespace).Patch(ctx, one.Name, types.StrategicMergePatchType, patch, meta.PatchOptions{})
			return err
		}})
	}
	for _, one := range daemonSets.Items {
		all = append(all, workload{"DaemonSet", one.ObjectMeta, one.Spec.Template, func(ctx context.Context, patch []byte) error {
			_, err := apps.DaemonSets(namespace).Patch(ctx, one.Name, types.StrategicMergePatchType, patch, meta.PatchOptions{})
			return err
		}})
	}
	return all, nil
}

// patchFor puts the change into an annotation of the pod template.
func patchFor(secret *core.Secret) ([]byte, error) {
	data, err := json.Marshal(secret.Data)
	if err != nil {
		return nil, err
	}
	hash := sha256.Sum256(data)
	source, err := json.Marshal(map[string]any{
		"type": "SECRET", "name": secret.Name, "namespace": secret.Namespace,
		"hash": hex.EncodeToString(hash[:20]), "observedAt": time.Now().Unix(),
	})
	if err != nil {
		return nil, err
	}
	annotations := map[string]any{"annotations": map[string]string{rolledFor: string(source)}}
	return json.Marshal(map[string]any{"spec": map[string]any{"template": map[string]any{"metadata": annotations}}})
}

func names(annotation, secret string) bool {
	return slices.ContainsFunc(strings.Split(annotation, ","), func(name string) bool { return strings.TrimSpace(name) == secret })
}

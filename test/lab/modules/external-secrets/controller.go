package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/pflag"
	core "k8s.io/api/core/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	loops "sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/external-secrets/external-secrets/pkg/controllers/clusterexternalsecret"
	"github.com/external-secrets/external-secrets/pkg/controllers/clusterexternalsecret/cesmetrics"
	"github.com/external-secrets/external-secrets/pkg/controllers/clusterpushsecret"
	"github.com/external-secrets/external-secrets/pkg/controllers/clusterpushsecret/cpsmetrics"
	"github.com/external-secrets/external-secrets/pkg/controllers/common"
	"github.com/external-secrets/external-secrets/pkg/controllers/externalsecret"
	"github.com/external-secrets/external-secrets/pkg/controllers/externalsecret/esmetrics"
	"github.com/external-secrets/external-secrets/pkg/controllers/generatorstate"
	"github.com/external-secrets/external-secrets/pkg/controllers/metrics"
	"github.com/external-secrets/external-secrets/pkg/controllers/pushsecret"
	"github.com/external-secrets/external-secrets/pkg/controllers/pushsecret/psmetrics"
	"github.com/external-secrets/external-secrets/pkg/controllers/secretstore"
	"github.com/external-secrets/external-secrets/pkg/controllers/secretstore/cssmetrics"
	"github.com/external-secrets/external-secrets/pkg/controllers/secretstore/ssmetrics"
	"github.com/external-secrets/external-secrets/pkg/feature"
)

const resyncInterval = time.Hour

// controllerSettings are the controller's flags.
type controllerSettings struct {
	metrics, live                                              string
	election                                                   bool
	class                                                      string
	concurrent                                                 int
	storeInterval                                              time.Duration
	clusterStores, stores, clusterSecrets, clusterPushes, push bool
}

// reconciler is a control loop of upstream's.
type reconciler interface {
	SetupWithManager(manager ctrl.Manager, options loops.Options) error
}

func controller(ctx context.Context, args []string) error {
	settings, err := controllerFlags(args)
	if err != nil {
		return err
	}
	manager, err := controllerManager(settings)
	if err != nil {
		return err
	}
	metrics.SetUpLabelNames(false)
	esmetrics.SetUpMetrics()
	ssmetrics.SetUpMetrics()
	cssmetrics.SetUpMetrics()
	psmetrics.SetUpMetrics()
	cesmetrics.SetUpMetrics()
	cpsmetrics.SetUpMetrics()
	wanted, err := settings.loops(manager)
	if err != nil {
		return err
	}
	for name, loop := range wanted {
		options := loops.Options{MaxConcurrentReconciles: settings.concurrent, RateLimiter: common.BuildRateLimiter()}
		if err := loop.SetupWithManager(manager, options); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	for _, provider := range feature.Features() {
		if provider.Initialize != nil {
			provider.Initialize()
		}
	}
	addNewer()
	return manager.Start(ctx)
}

func controllerFlags(args []string) (*controllerSettings, error) {
	to := &controllerSettings{}
	flags := pflag.NewFlagSet("external-secrets", pflag.ContinueOnError)
	flags.StringVar(&to.metrics, "metrics-addr", ":8080", "address of /metrics")
	flags.StringVar(&to.live, "live-addr", ":8082", "address of /healthz and /readyz")
	flags.StringVar(&to.class, "controller-class", "default", "class of the stores that it serves")
	flags.BoolVar(&to.election, "enable-leader-election", false, "wait to be the leader before working")
	flags.IntVar(&to.concurrent, "concurrent", 1, "objects of a kind that are reconciled at once")
	flags.DurationVar(&to.storeInterval, "store-requeue-interval", 5*time.Minute, "time between validations of a store")
	flags.BoolVar(&to.clusterStores, "enable-cluster-store-reconciler", true, "reconcile ClusterSecretStores")
	flags.BoolVar(&to.stores, "enable-secret-store-reconciler", true, "reconcile SecretStores")
	flags.BoolVar(&to.clusterSecrets, "enable-cluster-external-secret-reconciler", true, "reconcile ClusterExternalSecrets")
	flags.BoolVar(&to.clusterPushes, "enable-cluster-push-secret-reconciler", true, "reconcile ClusterPushSecrets")
	flags.BoolVar(&to.push, "enable-push-secret-reconciler", true, "reconcile PushSecrets")
	for _, provider := range feature.Features() {
		flags.AddFlagSet(provider.Flags)
	}
	return to, parse(flags, args)
}

func controllerManager(settings *controllerSettings) (ctrl.Manager, error) {
	connection, err := ctrl.GetConfig()
	if err != nil {
		return nil, err
	}
	connection.QPS, connection.Burst = 50, 100
	known, err := types()
	if err != nil {
		return nil, err
	}
	manager, err := ctrl.NewManager(connection, ctrl.Options{
		Scheme:                 known,
		Metrics:                server.Options{BindAddress: settings.metrics},
		HealthProbeBindAddress: settings.live,
		// It may read single Secrets and ConfigMaps, which a cache would list.
		Client:           client.Options{Cache: &client.CacheOptions{DisableFor: []client.Object{&core.Secret{}, &core.ConfigMap{}}}},
		LeaderElection:   settings.election,
		LeaderElectionID: "external-secrets-controller",
	})
	if err != nil {
		return nil, err
	}
	if err := manager.AddHealthzCheck("healthz", healthz.Ping); err != nil {
		return nil, err
	}
	return manager, manager.AddReadyzCheck("readyz", healthz.Ping)
}

// loops are the control loops that the flags ask for, by name.
func (s *controllerSettings) loops(manager ctrl.Manager) (map[string]reconciler, error) {
	secrets, err := common.BuildManagedSecretClient(manager, "")
	if err != nil {
		return nil, err
	}
	log := ctrl.Log.WithName("controllers")
	known, reader, connection := manager.GetScheme(), manager.GetClient(), manager.GetConfig()
	all := map[string]struct {
		wanted bool
		loop   reconciler
	}{
		"SecretStore": {s.stores, &secretstore.StoreReconciler{
			Client: reader, Log: log.WithName("SecretStore"), Scheme: known, ControllerClass: s.class, RequeueInterval: s.storeInterval,
		}},
		"ClusterSecretStore": {s.clusterStores, &secretstore.ClusterStoreReconciler{
			Client: reader, Log: log.WithName("ClusterSecretStore"), Scheme: known, ControllerClass: s.class, RequeueInterval: s.storeInterval,
		}},
		"GeneratorState": {true, &generatorstate.Reconciler{
			Client: reader, Log: log.WithName("GeneratorState"), Scheme: known, RestConfig: connection,
		}},
		"ExternalSecret": {true, &externalsecret.Reconciler{
			Client: reader, SecretClient: secrets, Log: log.WithName("ExternalSecret"), Scheme: known, RestConfig: connection,
			ControllerClass: s.class, RequeueInterval: resyncInterval, ClusterSecretStoreEnabled: s.clusterStores, EnableFloodGate: true,
		}},
		"PushSecret": {s.push, &pushsecret.Reconciler{
			Client: reader, Log: log.WithName("PushSecret"), Scheme: known, RestConfig: connection, ControllerClass: s.class, RequeueInterval: resyncInterval,
		}},
		"ClusterExternalSecret": {s.clusterSecrets, &clusterexternalsecret.Reconciler{
			Client: reader, Log: log.WithName("ClusterExternalSecret"), Scheme: known, RequeueInterval: resyncInterval,
		}},
		"ClusterPushSecret": {s.clusterPushes, &clusterpushsecret.Reconciler{
			Client: reader, Log: log.WithName("ClusterPushSecret"), Scheme: known, RequeueInterval: resyncInterval,
			Recorder: manager.GetEventRecorderFor("external-secrets-controller"),
		}},
	}
	wanted := map[string]reconciler{}
	for name, one := range all {
		if one.wanted {
			wanted[name] = one.loop
		}
	}
	return wanted, nil
}

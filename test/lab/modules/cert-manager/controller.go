package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
	logging "k8s.io/component-base/logs/api/v1"

	"github.com/cert-manager/cert-manager/internal/apis/config/shared"
	"github.com/cert-manager/cert-manager/pkg/apis/certmanager"
	controllers "github.com/cert-manager/cert-manager/pkg/controller"
	gateways "github.com/cert-manager/cert-manager/pkg/controller/certificate-shim/gateways"
	"github.com/cert-manager/cert-manager/pkg/healthz"
	dns "github.com/cert-manager/cert-manager/pkg/issuer/acme/dns/util"

	// Each registers itself. Two of upstream's are left out: Venafi, whose library the module proxy withholds, and with it
	// the loops over CertificateSigningRequests, which are off by default.
	_ "github.com/cert-manager/cert-manager/pkg/controller/acmechallenges"
	_ "github.com/cert-manager/cert-manager/pkg/controller/acmeorders"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificate-shim/ingresses"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/acme"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/approver"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/ca"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/selfsigned"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/vault"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/issuing"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/keymanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/metrics"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/readiness"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/requestmanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/revisionmanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/trigger"
	_ "github.com/cert-manager/cert-manager/pkg/controller/clusterissuers"
	_ "github.com/cert-manager/cert-manager/pkg/controller/issuers"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/acme"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/ca"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/selfsigned"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/vault"
)

const workersOfEach = 5

// controllerSettings are the flags that upstream's configuration has no public defaults for.
type controllerSettings struct {
	controllers.ContextOptions
	names              []string
	recursiveOnly      bool
	metrics, health    string
	election           shared.LeaderElectionConfig
	electionHealthSlip time.Duration
}

func controller(ctx context.Context, args []string) error {
	settings, err := controllerFlags(args)
	if err != nil {
		return err
	}
	factory, err := controllers.NewContextFactory(ctx, settings.ContextOptions)
	if err != nil {
		return err
	}
	common, err := factory.Build()
	if err != nil {
		return err
	}

	work, ctx := errgroup.WithContext(ctx)
	start := func(ctx context.Context) error {
		return startControllers(ctx, work, settings, factory, common)
	}
	informers := common.SharedInformerFactory
	common.Metrics.SetupACMECollector(informers.Acme().V1().Challenges().Lister())
	common.Metrics.SetupCertificateCollector(informers.Certmanager().V1().Certificates().Lister())
	common.Metrics.SetupIssuerCollector(informers.Certmanager().V1().Issuers().Lister())
	common.Metrics.SetupClusterIssuerCollector(informers.Certmanager().V1().ClusterIssuers().Lister())
	metrics, err := net.Listen("tcp", settings.metrics)
	if err != nil {
		return err
	}
	serve(ctx, work, common.Metrics.NewServer(metrics), metrics)

	health := healthz.NewServer(settings.electionHealthSlip)
	listener, err := net.Listen("tcp", settings.health)
	if err != nil {
		return err
	}
	work.Go(func() error { return health.Start(ctx, listener) })
	work.Go(func() error {
		if !settings.election.Enabled {
			return start(ctx)
		}
		return lead(ctx, settings.election, common, health.LeaderHealthzAdaptor, start)
	})
	return work.Wait()
}

func controllerFlags(args []string) (*controllerSettings, error) {
	acme := controllers.ACMEOptions{
		HTTP01SolverResourceRequestCPU:    resource.MustParse("10m"),
		HTTP01SolverResourceRequestMemory: resource.MustParse("64Mi"),
		HTTP01SolverResourceLimitsCPU:     resource.MustParse("100m"),
		HTTP01SolverResourceLimitsMemory:  resource.MustParse("64Mi"),
		ACMEHTTP01SolverRunAsNonRoot:      true,
		DNS01Nameservers:                  dns.RecursiveNameservers,
	}
	settings := &controllerSettings{
		ContextOptions: controllers.ContextOptions{
			ACMEOptions:      acme,
			SchedulerOptions: controllers.SchedulerOptions{MaxConcurrentChallenges: 60},
			IssuerOptions:    controllers.IssuerOptions{ClusterIssuerAmbientCredentials: true},
			IngressShimOptions: controllers.IngressShimOptions{
				DefaultIssuerKind:                 "Issuer",
				DefaultIssuerGroup:                certmanager.GroupName,
				DefaultAutoCertificateAnnotations: []string{"kubernetes.io/tls-acme"},
				GatewayAPIExtraProtocols:          sets.New[string](),
			},
			CertificateOptions: controllers.CertificateOptions{
				CopiedAnnotationPrefixes:                 []string{"*", "-kubectl.kubernetes.io/", "-fluxcd.io/", "-argocd.argoproj.io/"},
				CertificateRequestMinimumBackoffDuration: time.Hour,
				CertificateRequestMaximumBackoffDuration: 32 * time.Hour,
			},
		},
		election: shared.LeaderElectionConfig{
			Enabled: true, Namespace: "kube-system", LeaseDuration: time.Minute, RenewDeadline: 40 * time.Second, RetryPeriod: 15 * time.Second,
		},
		electionHealthSlip: 20 * time.Second,
	}

	flags := pflag.NewFlagSet("controller", pflag.ContinueOnError)
	flags.StringVar(&settings.Kubeconfig, "kubeconfig", "", "kubeconfig file; without it, the cluster that it runs in")
	flags.Float32Var(&settings.KubernetesAPIQPS, "kube-api-qps", 20, "requests a second to the API server")
	flags.IntVar(&settings.KubernetesAPIBurst, "kube-api-burst", 50, "requests at once to the API server")
	flags.StringVar(&settings.ClusterResourceNamespace, "cluster-resource-namespace", "kube-system", "namespace of what ClusterIssuers own")
	flags.StringSliceVar(&settings.names, "controllers", []string{"*"}, "* for the default ones, name for one more, -name for one less")
	flags.StringVar(&settings.HTTP01SolverImage, "acme-http01-solver-image", "", "image of HTTP-01 solvers")
	flags.BoolVar(&settings.EnableGatewayAPI, "enable-gateway-api", false, "solve HTTP-01 challenges by HTTPRoutes")
	flags.StringSliceVar(&settings.DNS01Nameservers, "dns01-recursive-nameservers", settings.DNS01Nameservers, "name servers for checks of DNS-01 challenges")
	flags.BoolVar(&settings.recursiveOnly, "dns01-recursive-nameservers-only", false, "ask only them")
	flags.DurationVar(&settings.DNS01CheckRetryPeriod, "dns01-check-retry-period", 10*time.Second, "time between checks of a challenge")
	flags.StringVar(&settings.metrics, "metrics-listen-address", "0.0.0.0:9402", "host and port of /metrics")
	flags.StringVar(&settings.health, "internal-healthz-listen-address", "0.0.0.0:9403", "host and port of /livez")
	addElectionFlags(flags, &settings.election)
	err := parse(flags, logging.NewLoggingConfiguration(), args)
	settings.DNS01CheckAuthoritative = !settings.recursiveOnly
	return settings, err
}

func startControllers(ctx context.Context, work *errgroup.Group, settings *controllerSettings, factory *controllers.ContextFactory, common *controllers.Context) error {
	for name, construct := range controllers.Known() {
		if !settings.enables(name) {
			continue
		}
		loop, err := construct(factory)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		work.Go(func() error { return loop.Run(workersOfEach, ctx) })
	}
	common.SharedInformerFactory.Start(ctx.Done())
	common.KubeSharedInformerFactory.Start(ctx.Done())
	common.HTTP01ResourceMetadataInformersFactory.Start(ctx.Done())
	if settings.EnableGatewayAPI {
		common.GWShared.Start(ctx.Done())
	}
	return nil
}

// enables says whether --controllers asks for one. All are default ones but the gateway shim, which --enable-gateway-api turns on.
func (settings *controllerSettings) enables(name string) bool {
	asked := sets.New(settings.names...)
	wanted := asked.Has(name) || (asked.Has("*") && (name != gateways.ControllerName || settings.EnableGatewayAPI))
	return wanted && !asked.Has("-"+name)
}

func serve(ctx context.Context, work *errgroup.Group, server *http.Server, listener net.Listener) {
	work.Go(func() error {
		<-ctx.Done()
		return server.Close()
	})
	work.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
}

// lead calls start once it leads, and ends when the lease is lost or the context done.
func lead(ctx context.Context, election shared.LeaderElectionConfig, common *controllers.Context, health *leaderelection.HealthzAdaptor, start func(context.Context) error) error {
	host, err := os.Hostname()
	if err != nil {
		return err
	}
	lock, err := resourcelock.New(
		resourcelock.LeasesResourceLock, election.Namespace, "cert-manager-controller", common.Client.CoreV1(), common.Client.CoordinationV1(),
		resourcelock.ResourceLockConfig{Identity: fmt.Sprintf("%s-%d", host, os.Getpid()), EventRecorder: common.Recorder},
	)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	elector, err := leaderelection.NewLeaderElector(leaderelection.LeaderElectionConfig{
		Lock:            lock,
		LeaseDuration:   election.LeaseDuration,
		RenewDeadline:   election.RenewDeadline,
		RetryPeriod:     election.RetryPeriod,
		ReleaseOnCancel: true,
		WatchDog:        health,
		Callbacks: leaderelection.LeaderCallbacks{
			OnStartedLeading: func(ctx context.Context) {
				if err := start(ctx); err != nil {
					cancel(err)
				}
			},
			OnStoppedLeading: func() { cancel(errors.New("the lease was lost")) },
		},
	})
	if err != nil {
		return err
	}
	elector.Run(ctx)
	return context.Cause(ctx)
}

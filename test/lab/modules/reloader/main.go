// Command reloader plays Reloader, whose module cannot be had, as far as Slipway's manifests use it: when the data of a
// Secret change, it rolls the Deployments, StatefulSets and DaemonSets of the namespace whose annotation names the Secret.
// Flags, annotations, paths and the metric have upstream's names; what it does not play, it refuses to start with.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

const gracePeriod = 5 * time.Second

// settings are the flags. The values that dist passes are the only ones of three of them.
type settings struct {
	namespaces []string
	address    string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil && !errors.Is(err, pflag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	to, err := parse(args)
	if err != nil {
		return err
	}
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stdout, nil)))
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, nil).ClientConfig()
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error { return serve(ctx, to.address) })
	for _, namespace := range to.namespaces {
		work.Go(func() error { return watch(ctx, client, namespace) })
	}
	return work.Wait()
}

func parse(args []string) (*settings, error) {
	to := &settings{}
	flags := pflag.NewFlagSet("reloader", pflag.ContinueOnError)
	flags.StringSliceVar(&to.namespaces, "namespaces", nil, "namespaces whose Secrets it watches")
	flags.StringVar(&to.address, "metrics-addr", ":9090", "address of /live and /metrics")
	played := map[string]string{
		"resources-to-ignore":    "configmaps",
		"ignored-workload-types": "jobs,cronjobs",
		"reload-strategy":        "annotations",
		"log-format":             "json",
	}
	for name, value := range played {
		flags.String(name, "", fmt.Sprintf("only %q is played", value))
	}
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	for name, value := range played {
		if seen := flags.Lookup(name).Value.String(); seen != value {
			return nil, fmt.Errorf("--%s=%s is not played, only %s", name, seen, value)
		}
	}
	if len(to.namespaces) == 0 {
		return nil, errors.New("--namespaces is empty: watching all namespaces is not played")
	}
	return to, nil
}

// serve answers probes and offers metrics until the context ends.
func serve(ctx context.Context, address string) error {
	routes := http.NewServeMux()
	routes.Handle("/metrics", promhttp.Handler())
	routes.HandleFunc("/live", func(http.ResponseWriter, *http.Request) {})
	server := &http.Server{Addr: address, Handler: routes, ReadHeaderTimeout: gracePeriod, BaseContext: func(net.Listener) context.Context { return ctx }}
	stopped := context.AfterFunc(ctx, func() {
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), gracePeriod)
		defer cancel()
		if err := server.Shutdown(grace); err != nil {
			slog.Error("the server did not stop in time", "error", err)
		}
	})
	defer stopped()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

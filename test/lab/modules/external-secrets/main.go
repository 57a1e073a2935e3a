// Command external-secrets is External Secrets' controller and the webhook of its definitions. The module of the pinned
// version cannot be had, so its packages are of an older one, and this program adds what Slipway's manifests take from the
// newer: the probes of both, two flags of the controller, and what additions.go has.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/pflag"
	"go.uber.org/zap/zapcore"
	definitions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime"
	kubernetes "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/klog/v2"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"

	stores "github.com/external-secrets/external-secrets/apis/externalsecrets/v1"
	pushes "github.com/external-secrets/external-secrets/apis/externalsecrets/v1alpha1"
	generators "github.com/external-secrets/external-secrets/apis/generators/v1alpha1"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil && !errors.Is(err, pflag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// run starts the webhook if the first argument says so, else the controller.
func run(ctx context.Context, args []string) error {
	if len(args) > 0 && args[0] == "webhook" {
		return webhook(ctx, args[1:])
	}
	return controller(ctx, args)
}

// parse reads the arguments into flags and sets logging up as they say.
func parse(flags *pflag.FlagSet, args []string) error {
	level := flags.String("loglevel", "info", "debug, info, warn, error, dpanic, panic or fatal")
	encoding := flags.String("zap-time-encoding", "epoch", "epoch, millis, nano, iso8601, rfc3339 or rfc3339nano")
	if err := flags.Parse(args); err != nil {
		return err
	}
	options := zap.Options{}
	parsed := zapcore.InfoLevel
	if err := parsed.UnmarshalText([]byte(*level)); err != nil {
		return err
	}
	options.Level = parsed
	if err := options.TimeEncoder.UnmarshalText([]byte(*encoding)); err != nil {
		return err
	}
	logger := zap.New(zap.UseFlagOptions(&options))
	ctrl.SetLogger(logger)
	klog.SetLogger(logger)
	return nil
}

// types are the kinds that both programs read and write.
func types() (*runtime.Scheme, error) {
	known := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		kubernetes.AddToScheme, definitions.AddToScheme, stores.AddToScheme, pushes.AddToScheme, generators.AddToScheme,
	} {
		if err := add(known); err != nil {
			return nil, err
		}
	}
	return known, nil
}

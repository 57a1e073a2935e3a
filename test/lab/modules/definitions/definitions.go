// Package definitions names one small package of every module whose custom resource definitions the lab installs,
// so that `go mod tidy` keeps the module. It is never compiled: only YAML is read out of the downloaded modules.
package definitions

import (
	_ "github.com/argoproj/argo-cd/v3/pkg/apis/application"
	_ "github.com/cert-manager/cert-manager/pkg/apis"
	_ "github.com/external-secrets/external-secrets/pkg/controllers/metrics"
	_ "github.com/kubernetes-csi/external-snapshotter/client/v8/apis/volumesnapshot/v1"
	_ "github.com/prometheus-operator/prometheus-operator/pkg/versionutil"
	_ "github.com/vmware-tanzu/velero/pkg/constant"
	_ "sigs.k8s.io/gateway-api/apis"
)

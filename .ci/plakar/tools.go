//go:build tools

// Package plakar names what this module is for, so that Go keeps the requirement.
package plakar

import _ "github.com/PlakarKorp/plakar"

// Builds the released plakar for the interop tests where `go install` cannot, because a dependency
// of its web interface is not to be had: ttlmap/ stands in for that one package.
module tintype.invalid/plakar

go 1.25.0

require github.com/PlakarKorp/plakar v1.1.4

replace go.omarpolo.com/ttlmap => ./ttlmap

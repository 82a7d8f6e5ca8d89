// The reference implementation of the format, where tests need its opinion: ../README.md says how.
module tintype.invalid/golden

go 1.25.0

require github.com/PlakarKorp/kloset v1.1.4

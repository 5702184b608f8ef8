#include "textflag.h"

// func fetch(lines *[Several]unsafe.Pointer, n int)
TEXT ·fetch(SB), NOSPLIT, $0-16
	MOVQ lines+0(FP), AX
	MOVQ n+8(FP), CX
	JMP  check
next:
	MOVQ (AX), DX
	PREFETCHT0 (DX)
	ADDQ $8, AX
	DECQ CX
check:
	TESTQ CX, CX
	JGT  next
	RET

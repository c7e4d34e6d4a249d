/* The keeper's program, embedded: KEEPER_FILE is the ELF that CMake has just built. */
    .section .rodata
    .balign 16
    .globl tutti_keeper_begin
    .globl tutti_keeper_end
tutti_keeper_begin:
    .incbin KEEPER_FILE
tutti_keeper_end:
    .byte 0
    .section .note.GNU-stack, "", %progbits

/* The init program as bytes; INIT_PROGRAM is its path, given by the build. */
    .section .rodata
    .balign 16
    .global tutti_init_begin
    .global tutti_init_end
tutti_init_begin:
    .incbin INIT_PROGRAM
tutti_init_end:
    .byte 0
    .section .note.GNU-stack,"",%progbits

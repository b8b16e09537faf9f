/*
 * Tokens of MLIR text, one character per byte of the file. What stands between the angle brackets of dense<...>, and long
 * hexadecimal strings, were cut out before: the lexer sees dense<> and "".
 */
lexer grammar StablehloLexer;

DENSE : 'dense<>' ;

// Extents stand before the element type without a space between, 4x16xf32, which is no word and no number elsewhere.
TENSOR : 'tensor' BLANK* '<' -> pushMode(SHAPE) ;
SHAPED : ( 'memref' | 'vector' ) BLANK* '<' -> pushMode(SHAPE) ;

LOC : 'loc' ;
CALLSITE : 'callsite' ;
FUSED : 'fused' ;
UNKNOWN_LOCATION : 'unknown' ;
AT : 'at' ;
TO : 'to' ;
TRUE : 'true' ;
FALSE : 'false' ;
UNIT : 'unit' ;
ARRAY : 'array' ;
DENSE_RESOURCE : 'dense_resource' ;
ATTRIBUTES : 'attributes' ;
INIT : 'init' ;
INITS : 'inits' ;
APPLIES : 'applies' ;
ACROSS : 'across' ;
DIMENSIONS : 'dimensions' ;
DIMENSION : 'dimension' ;
REDUCER : 'reducer' ;
COND : 'cond' ;
DO : 'do' ;
RAW : 'raw' ;
BY : 'x' ;
COMPLEX : 'complex' ;
TUPLE : 'tuple' ;
MAP : 'affine_map' | 'affine_set' | 'strided' ;

MODULE : 'module' | 'builtin.module' ;
FUNC : 'func.func' | 'func' ;
CONSTANT : 'stablehlo.constant' | 'chlo.constant' | 'arith.constant' ;
REDUCE : 'stablehlo.reduce' ;
WHILE : 'stablehlo.while' ;
SCAN : 'chlo.scan' ;

STRUCTURE
  : '#stablehlo.'
    ( 'gather' | 'scatter' | 'dot' | 'dot_algorithm' | 'output_operand_alias' | 'channel_handle' | 'result_accuracy'
    | 'result_accuracy_mode' )
  | '#chlo.ragged_dot'
  ;
CONVOLUTION : '#stablehlo.conv' ;
ENUMERATION : '#stablehlo' | '#chlo' ;
QUANTIZED : '!quant.uniform' ;

// A word of an enumeration; operations have lower case.
UPPER : [A-Z] [A-Z0-9_]* ;
ID : [A-Za-z_] [A-Za-z0-9_$.]* ;
VALUE : '%' SUFFIX ( '#' [0-9]+ )? ;
SYMBOL : '@' ( [A-Za-z0-9_$.]+ | QUOTED ) ;
LABEL : '^' SUFFIX ;
HASH : '#' SUFFIX ;
BANG : '!' SUFFIX ;
STRING : QUOTED ;

HEX : '0x' [0-9a-fA-F]+ ;
FLOAT : [0-9]+ '.' [0-9]* ( [eE] [+-]? [0-9]+ )? ;
INT : [0-9]+ ;

RESOURCES_OPEN : '{-#' ;
RESOURCES_CLOSE : '#-}' ;
ARROW : '->' ;
PATH : '::' ;
LEFT_PAREN : '(' ;
RIGHT_PAREN : ')' ;
LEFT_BRACKET : '[' ;
RIGHT_BRACKET : ']' ;
LEFT_BRACE : '{' ;
RIGHT_BRACE : '}' ;
LESS : '<' ;
GREATER : '>' ;
COMMA : ',' ;
COLON : ':' ;
EQUAL : '=' ;
MINUS : '-' ;
QUESTION : '?' ;

// Cuts a file into programs of their own where it stands between modules.
SPLIT : '// -----' ~[\r\n]* -> channel(HIDDEN) ;
COMMENT : '//' ~[\r\n]* -> skip ;
SPACE : BLANK+ -> skip ;
// The mark of UTF-8, which some editors write at the start.
BYTE_ORDER_MARK : '\u00EF\u00BB\u00BF' -> skip ;
// A token of its own, so that the parser reports it with its place.
UNKNOWN : . ;

fragment BLANK : [ \t\r\n] ;
fragment SUFFIX : [0-9]+ | [A-Za-z$._\-] [A-Za-z0-9$._\-]* ;
fragment QUOTED : '"' ( ~["\\\r\n] | '\\' . )* '"' ;

// From the bracket to the element type.
mode SHAPE;

EXTENT : ( [0-9]+ | '?' | '*' ) BLANK* 'x' ;
SHAPE_SPACE : BLANK+ -> skip ;
SHAPE_COMPLEX : 'complex' -> type(COMPLEX), popMode ;
SHAPE_TUPLE : 'tuple' -> type(TUPLE), popMode ;
SHAPE_ID : [A-Za-z_] [A-Za-z0-9_$.]* -> type(ID), popMode ;
SHAPE_QUANTIZED : '!quant.uniform' -> type(QUANTIZED), popMode ;
SHAPE_BANG : '!' SUFFIX -> type(BANG), popMode ;
SHAPE_UNKNOWN : . -> type(UNKNOWN), popMode ;

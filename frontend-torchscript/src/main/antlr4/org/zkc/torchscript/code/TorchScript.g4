/*
 * The code dialect of TorchScript archives: a regular subset of Python that torch.jit.save prints. The class
 * Indentation makes INDENT, DEDENT and NEWLINE tokens; inside brackets there are none. Expressions are limited to what
 * the printer emits: no operators but unary minus, no lambda, no comprehension.
 */
grammar TorchScript;

tokens { INDENT, DEDENT }

@lexer::members {
  private final Indentation indentation = new Indentation();

  @Override
  public Token nextToken() {
    return indentation.next(super::nextToken);
  }
}

file : ( header NEWLINE )* definition* EOF ;

// Only files written before torch 1.3 have these lines.
header : NAME '=' INT | 'import' NAME ( '.' NAME )* ;

definition : classDefinition | functionDefinition ;

classDefinition : 'class' NAME ( '(' NAME ')' )? ':' NEWLINE INDENT member+ DEDENT ;

member
  : NAME ':' type ( '=' expression )? NEWLINE       # field
  | NAME '=' expression NEWLINE                     # listOrEnumItem
  | NAME '[' STRING ']' '=' type NEWLINE            # annotation
  | functionDefinition                              # method
  | 'pass' NEWLINE                                  # emptyMember
  ;

functionDefinition : 'def' NAME '(' ( parameter ( ',' parameter )* )? ')' ( '->' type )? ':' suite ;

parameter : NAME ( ':' type )? ( '=' expression )? ;

suite : NEWLINE INDENT statement+ DEDENT ;

statement
  : simpleStatement NEWLINE                                            # simple
  | 'if' expression ':' suite 'else' ':' suite                         # if
  | 'while' expression ':' suite                                       # while
  | 'for' NAME 'in' expression ':' suite                               # for
  | 'with' expression ( 'as' NAME )? ':' suite                         # with
  | functionDefinition                                                 # nestedFunction
  ;

simpleStatement
  : NAME ':' type '=' expression                                       # typedAssignment
  | 'return' expression                                                # return
  | 'pass'                                                             # pass
  | expressions trailing=','? ( '=' expressions )?                     # assignmentOrEffect
  ;

expressions : expression ( ',' expression )* ;

expression : minus='-'? postfix ;

postfix : atom trailer* ;

trailer
  : '.' NAME                                                           # attribute
  | '(' ( argument ( ',' argument )* ','? )? ')'                       # call
  | '[' expression ( ':' upper=expression | ( ',' expression )* ) ']'  # subscript
  ;

argument : ( NAME '=' )? expression ;

atom
  : NAME                                                               # name
  | INT                                                                # int
  | FLOAT                                                              # float
  | COMPLEX                                                            # complex
  | STRING                                                             # string
  | 'None'                                                             # none
  | 'True'                                                             # true
  | 'False'                                                            # false
  | '[' ( expression ( ',' expression )* ','? )? ']'                   # list
  | '{' ( entry ( ',' entry )* ','? )? '}'                             # dict
  | '(' ( expression ( ',' expression )* trailing=','? )? ')'          # parenthesis
  ;

entry : expression ':' expression ;

type
  : NAME ( '.' NAME )*                                                 # namedType
  | NAME '[' type ( ',' type )* ']'                                    # genericType
  | NAME '[' '(' ')' ']'                                               # emptyTupleType
  | 'None'                                                             # noneType
  ;

NAME : [A-Za-z_] [A-Za-z_0-9]* ;
INT : [0-9]+ ;
FLOAT : [0-9]+ '.' [0-9]* EXPONENT? | [0-9]+ EXPONENT ;
COMPLEX : ( INT | FLOAT ) [+-] ( INT | FLOAT | 'inf' | 'nan' ) 'j' ;
STRING : '"' ( ~["\\\r\n] | '\\' . )* '"' ;
NEWLINE : '\r'? '\n' ' '* ;
SPACE : [ \t]+ -> skip ;
ANYTHING_ELSE : . ;

fragment EXPONENT : [eE] [+-]? [0-9]+ ;
